// Browsers older than Internet Explorer 11: a session by long-poll and by short-poll in each, with everything cut that can be
// cut.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { atEnd } from './harness/cleanup.mjs';
import { launch, OLD_ENGINES } from './harness/engines/index.mjs';
import { carriedBy } from './harness/gateway.mjs';
import { isOpening, isPoll, isPost } from './harness/front.mjs';
import { partnerIn, setUp, Talk } from './harness/stage.mjs';
import { pause, until } from './harness/wait.mjs';

for (const name of OLD_ENGINES) {
  describe(name, () => {
    for (const carrier of ['long-poll', 'short-poll']) {
      it(`opens, says, hears, is cut and resumes by ${carrier}`, (test) => converses(test, name, carrier));
    }
  });
}

async function converses(test, name, carrier) {
  const { gateway, front, base } = await setUp(test);
  const engine = await launch(name);
  atEnd(test, () => engine.stop());
  await engine.open(`${front.url}/session.html`);
  const partner = await partnerIn(test, base, 'pub');
  const explain = () => `${engine.said}\n${front.said}`;
  const talk = new Talk({ ask: (code) => engine.evaluate(code), partner, room: 'pub', explain });

  // The answer to the first opening is lost, and that to the second half of it: they open one session all the same.
  const openings = [front.ambush('after', isOpening), front.ambush('midway', isOpening)];
  await talk.begin(carrier);
  assert.ok(openings.every((ambush) => ambush.struck), explain());
  assert.equal(await gateway.metric('everwire_sessions'), 2, 'its own, and the one that it talks to');
  await talk.say(5);
  await talk.beTold(5);
  await talk.settle();
  await engine.evaluate(`session.ask('sum', 'äöü \\u2028 <&> "quoted"')`);
  await talk.until('session.replies()', 'joined,äöü \u2028 <&> "quoted"');

  await survivesCuts(talk, front);

  await engine.evaluate('session.reconnect()');
  await talk.say(3);
  await talk.beTold(3);
  await talk.settle();
  await talk.until('session.state()', 'open');
  await talk.until('session.unacknowledged()', '0');
  assert.equal(await engine.evaluate('session.opened()'), 'new', 'one session, never lost');
  assert.equal(await engine.evaluate('session.carrier()'), carrier);

  await engine.evaluate('session.close()');
  const record = await gateway.record(talk.peer);
  carriedBy(record, [carrier]);
  assert.equal(record.undelivered, 0, JSON.stringify(record));
}

/** Each exchange is cut at each of its moments, while messages are on their way in both directions. */
async function survivesCuts(talk, front) {
  for (const [what, fits, moments] of [
    ['poll', isPoll, ['before', 'midway', 'after']],
    ['post', isPost, ['before', 'torn', 'midway', 'after']],
  ]) {
    for (const when of moments) {
      const ambush = front.ambush(when, fits);
      const struck = async () => {
        await talk.say(1);
        await talk.beTold(1);
        await pause(50);
        return ambush.struck;
      };
      await until(struck, `a ${what} is cut ${when}`, { explain: () => talk.story() });
      await talk.settle();
    }
  }
  front.cut();
  await talk.say(2);
  await talk.beTold(2);
  await talk.settle();
}
