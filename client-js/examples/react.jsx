import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';

const Wire = createContext(null);

/** What of the client is shown: rendered anew with each of its changes. */
export function useWireState() {
  const w = useContext(Wire);
  const subscribe = (changed) => {
    w.on('state', changed);
    return () => w.off('state', changed);
  };
  return useSyncExternalStore(subscribe, () => w.state, () => 'connecting');
}

/** The messages of a room that came while this is shown, the last `limit` of them. */
export function useRoom(room, event, limit = 100) {
  const w = useContext(Wire);
  const [messages, setMessages] = useState([]);
  useEffect(() => {
    const join = () => w.join(room);
    const hear = (data, { room: from }) => from === room && setMessages((before) => [...before, data].slice(-limit));
    w.on('open', join).on(event, hear);
    if (w.state === 'open') join();
    return () => {
      w.off('open', join).off(event, hear).leave(room);
    };
  }, [w, room, event, limit]);
  return [messages, (data) => w.to(room).emit(event, data)];
}

export function Room({ name }) {
  const state = useWireState();
  const [lines, say] = useRoom(name, 'said');
  return (
    <section>
      <p>{state}</p>
      <ul>{lines.map((line, index) => <li key={index}>{line}</li>)}</ul>
      <button onClick={() => say('hello')}>Say hello</button>
    </section>
  );
}

export default function App({ w, room }) {
  return <Wire.Provider value={w}><Room name={room} /></Wire.Provider>;
}
