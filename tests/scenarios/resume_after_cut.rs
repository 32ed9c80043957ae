//! The carrier is cut at every stage of an exchange; nothing is lost, doubled or reordered.

use serde_json::json;

use crate::{
    client::{Client, Kind, Packet, Part},
    stage::Stage,
};

pub(crate) async fn cut_while_idle(kind: Kind) {
    let mut play = Play::begin(kind).await;
    play.client.ask("echo", json!(1)).await;
    play.client.hear("echo").await;
    play.client.cut();
    play.note(2).await;
    play.tell(2).await;
    play.client.resume().await;
    play.end().await;
}

pub(crate) async fn cut_while_listening(kind: Kind) {
    let mut play = Play::begin(kind).await;
    play.client.listen().await;
    play.client.cut();
    play.tell(3).await;
    play.note(1).await;
    play.client.resume().await;
    play.end().await;
}

pub(crate) async fn cut_in_the_middle_of_a_request(kind: Kind) {
    let mut play = Play::begin(kind).await;
    play.queue(3);
    play.client.cut_sending(Part::Half, false).await;
    play.client.resume().await;
    play.tell(2).await;
    play.end().await;
}

pub(crate) async fn cut_before_the_answer(kind: Kind) {
    let mut play = Play::begin(kind).await;
    play.queue(3);
    play.client.cut_sending(Part::Whole, false).await;
    play.client.resume().await;
    play.note(2).await;
    play.end().await;
}

pub(crate) async fn cut_in_the_middle_of_the_answer(kind: Kind) {
    let mut play = Play::begin(kind).await;
    play.tell(5).await;
    play.client.cut_receiving().await;
    play.tell(2).await;
    play.client.resume().await;
    play.end().await;
}

/// What came and was not acknowledged yet is not repeated: the new carrier says how far the client is.
pub(crate) async fn cut_before_the_acknowledgement(kind: Kind) {
    let mut play = Play::begin(kind).await;
    play.tell(5).await;
    play.hear(5).await;
    play.client.cut();
    play.client.resume().await;
    play.tell(5).await;
    play.hear(10).await;
    assert_eq!(play.client.repeats, 0, "what the client has is not sent again");
    play.end().await;
}

/// The request reached the gateway and its answer is lost: the repeat keeps its number, and is harmless.
pub(crate) async fn answers_unread(kind: Kind) {
    let mut play = Play::begin(kind).await;
    for _ in 0..3 {
        play.queue(2);
        let noted = play.noted;
        play.client.cut_sending(Part::Whole, true).await;
        // It has been taken for certain by now.
        assert_eq!(play.stage.notes(&play.client, noted).await.len(), noted);
        play.client.resume().await;
    }
    play.end().await;
}

pub(crate) async fn cut_at_every_stage_in_a_row(kind: Kind) {
    let mut play = Play::begin(kind).await;
    for round in 0..10 {
        play.note(1).await;
        play.tell(3).await;
        play.queue(2);
        match round % 5 {
            0 => play.client.cut(),
            1 => play.client.cut_sending(Part::Half, round > 5).await,
            2 => play.client.cut_sending(Part::Whole, round > 5).await,
            3 => play.client.cut_receiving().await,
            _ => {
                play.client.flush().await;
                play.heard.push(play.client.next().await);
                play.client.cut();
            }
        }
        play.tell(1).await;
        play.client.resume().await;
    }
    play.end().await;
}

/// A client that notes and is told numbers, counted on both sides.
struct Play {
    stage: Stage,
    client: Client,
    noted: usize,
    told: usize,
    heard: Vec<Packet>,
}

impl Play {
    async fn begin(kind: Kind) -> Self {
        let stage = Stage::new().await;
        let mut client = stage.client(kind).await;
        client.join("den").await;
        Play { stage, client, noted: 0, told: 0, heard: Vec::new() }
    }

    fn queue(&mut self, count: usize) {
        for _ in 0..count {
            self.noted += 1;
            self.client.queue(Packet::event("note", json!(self.noted)));
        }
    }

    async fn note(&mut self, count: usize) {
        self.queue(count);
        self.client.flush().await;
    }

    async fn tell(&mut self, count: usize) {
        for _ in 0..count {
            self.told += 1;
            self.stage.tell("den", "news", self.told as u64, 1).await;
        }
    }

    async fn hear(&mut self, upto: usize) {
        self.client.until("news", |client| client.waiting() >= upto).await;
    }

    /// Everything was said and heard, once and in order.
    async fn end(mut self) {
        let wanted = |count: usize| (1..=count as u64).collect::<Vec<_>>();
        while self.heard.len() < self.told + self.noted {
            self.heard.push(self.client.next().await);
        }
        let numbers = |event: &str| {
            let named = self.heard.iter().filter(|packet| packet.is(event));
            named.filter_map(|packet| packet.data().as_u64()).collect::<Vec<_>>()
        };
        assert_eq!(numbers("news"), wanted(self.told));
        assert_eq!(numbers("noted"), wanted(self.noted));
        assert_eq!(self.client.ask("echo", json!("on")).await, "on", "the session goes on");
        assert_eq!(self.client.hear("echo").await, "on");
        assert_eq!(self.client.waiting(), 0, "nothing else came");
        assert_eq!(self.stage.notes(&self.client, self.noted).await, wanted(self.noted));
    }
}
