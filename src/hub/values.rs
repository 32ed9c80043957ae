//! What an application keeps with a session: one value of each type, until the end has been told.

use std::sync::Arc;

use super::Cell;

impl Cell {
    /// Keeps a value, and returns the one of that type that was there before. Behind the session's end nothing is kept:
    /// nobody would ever take it away again.
    pub fn keep<T: Send + Sync + 'static>(self: &Arc<Self>, value: Arc<T>) -> Option<Arc<T>> {
        let kept = self.act(|state, _| if state.told { Err(value) } else { Ok(state.values.insert(value)) });
        // What is not kept is dropped here, behind the lock, because its drop may look at the session.
        kept.unwrap_or_default()
    }

    /// The value of that type.
    pub fn kept<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.peek(|state| state.values.get().cloned())
    }

    /// Takes the value of that type away.
    pub fn unkeep<T: Send + Sync + 'static>(self: &Arc<Self>) -> Option<Arc<T>> {
        self.act(|state, _| state.values.remove())
    }

    /// Drops all values, which may hold the session itself, once and for all.
    pub fn drop_values(self: &Arc<Self>) {
        // Behind the lock, because whatever is dropped may look at the session.
        drop(self.act(|state, _| {
            state.told = true;
            std::mem::take(&mut state.values)
        }));
    }
}

#[cfg(test)]
mod tests {
    use http::Extensions;

    use crate::hub::asks::Asks;

    #[test]
    fn what_is_not_used_is_a_pointer() {
        assert_eq!(size_of::<Extensions>(), size_of::<usize>());
        assert_eq!(size_of::<Option<Box<Asks>>>(), size_of::<usize>());
    }
}
