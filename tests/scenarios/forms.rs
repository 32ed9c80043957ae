//! Forms beside each carrier: no page can read what they are answered, so the carrier that receives tells what was taken.

use serde_json::json;

use crate::{
    client::{Client, Http, Kind, Packet, form, loaded, request, within},
    stage::Stage,
};

pub(crate) async fn forms_are_acknowledged_on_the_receiving_carrier(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.listen().await;
    for number in 1..=3 {
        client.queue(Packet::event("note", json!(number)));
        assert!(post(&client, number, &[number]).await, "what is next is taken");
        client.until("an acknowledgement", |client| client.unacknowledged() == 0).await;
    }
    // A form that the browser sent again, and one that overtook another: each is answered by how far the gateway is.
    for (first, numbers, taken) in [(1, &[1_u64, 2, 3][..], true), (9, &[9][..], false)] {
        let acks = client.acks;
        assert_eq!(post(&client, first, numbers).await, taken);
        client.until("an acknowledgement", |client| client.acks > acks).await;
    }
    assert_eq!(stage.notes(&client, 3).await, [1, 2, 3]);
    assert_eq!(client.hear_all("noted", 3).await, [1, 2, 3]);
    assert_eq!(client.ask("echo", json!(1)).await, 1);
}

/// What was acknowledged while nothing was attached is told by whatever attaches next.
pub(crate) async fn an_acknowledgement_waits_for_the_next_carrier(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.ask("echo", json!(0)).await;
    assert_eq!(client.hear("echo").await, 0);
    client.cut();
    if kind.kept {
        // Before the cut is noticed an acknowledgement is given to the carrier that is dead, and lost with it.
        within("the cut to be noticed", async {
            while stage.gateway.stats().parted == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    client.queue(Packet::event("note", json!(1)));
    assert!(post(&client, 2, &[1]).await);
    assert_eq!(stage.notes(&client, 1).await, [1]);
    assert!(client.unacknowledged() > 0, "nothing has told that it was taken");
    let acks = client.acks;
    client.resume().await;
    let told = |client: &Client| !kind.kept || client.acks > acks;
    client.until("an acknowledgement", |client| told(client) && client.unacknowledged() == 0).await;
    assert_eq!(client.hear("noted").await, 1);
    assert_eq!(stage.notes(&client, 1).await, [1], "the repeat is none");
}

/// Posts notes in a form; whether it shows `ok`.
async fn post(client: &Client, first: u64, numbers: &[u64]) -> bool {
    let packets: Vec<_> = numbers.iter().map(|number| json!({ "event": "note", "data": number })).collect();
    let body = form(&[("d", &json!(packets).to_string()), ("seq", &first.to_string())]);
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let mut http = Http::connect(client.place.address).await;
    let ask = request("POST", &client.place.path("/jsonp"), headers, &body);
    http.write(&ask).await.expect("a form can be written");
    let answer = within("the answer to a form", http.answer()).await.expect("the form is answered");
    loaded(&answer).is_none()
}
