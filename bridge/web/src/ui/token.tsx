// Asked for when the bridge answers 401.
import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './hooks';
import { Icon } from './glyphs';

export function TokenForm() {
  const { store, words } = usePage();
  const [token, setToken] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <main class="token">
      <form onSubmit={(event) => {
        event.preventDefault();
        if (token.trim()) store.enterToken(token.trim());
      }}>
        <Icon name="bell" />
        <h1>{words.token.title}</h1>
        <label>
          {words.token.label}
          <input type="password" name="token" autocomplete="off" value={token} ref={input}
            onInput={(e) => setToken(e.currentTarget.value)} />
        </label>
        {store.needsToken === 'refused' && <p class="missing" role="alert">{words.token.refused}</p>}
        <p class="soft">{words.token.hint}</p>
        <button type="submit" class="large primary">{words.token.enter}</button>
      </form>
    </main>
  );
}
