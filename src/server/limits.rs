//! How many connections the machine lets the program have.

/// Descriptors that are left for everything that is no connection: the runtime, the log, a configuration that is read.
const RESERVE: u64 = 64;

/// Raises the soft limit of open files to the hard one, and says both. What is returned is what holds now, if the
/// system knows such a limit.
#[cfg(unix)]
pub(super) fn raise_open_files() -> Option<u64> {
    use rlimit::Resource;

    let (soft, hard) = match Resource::NOFILE.get() {
        Ok(limits) => limits,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files can't be read");
            return None;
        }
    };
    // Not `set(hard, hard)`: some systems have a hard limit that is no number they would take.
    match rlimit::increase_nofile_limit(hard) {
        Ok(now) => {
            tracing::info!(
                soft,
                hard,
                now,
                "the limit of open files is raised from the soft to the hard one"
            );
            Some(now)
        }
        Err(error) => {
            tracing::warn!(soft, hard, %error, "the limit of open files can't be raised; the soft one stays");
            Some(soft)
        }
    }
}

/// Elsewhere sockets are bounded by memory only.
#[cfg(not(unix))]
pub(super) fn raise_open_files() -> Option<u64> {
    None
}

/// How many descriptors may be open, `used` of which are already. A `max_connections` of 0 takes what there is room for.
pub(super) fn ceiling(used: usize, max_connections: usize, limit: Option<u64>) -> usize {
    let limit = limit.map_or(usize::MAX, |limit| {
        let room = limit - RESERVE.min(limit / 4);
        usize::try_from(room).unwrap_or(usize::MAX)
    });
    if max_connections == 0 {
        return limit;
    }
    let wanted = used.saturating_add(max_connections);
    if wanted > limit {
        tracing::warn!(
            max_connections,
            room = limit.saturating_sub(used),
            "max_connections is more than the limit of open files has room for; raise the hard limit"
        );
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_is_what_was_set_or_what_there_is_room_for() {
        for (used, max, limit, expected) in [
            (10, 0, Some(1024), 960),
            (10, 0, Some(40), 30),
            (10, 0, None, usize::MAX),
            (10, 5, Some(1024), 15),
            (10, 5, None, 15),
            (10, 5000, Some(1024), 5010),
        ] {
            assert_eq!(ceiling(used, max, limit), expected, "{used} {max} {limit:?}");
        }
    }
}
