// What a view reads by itself: once, again after `every`, and whenever it is asked to.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Load } from '../model/store';
import { usePage } from './hooks';

export interface Read<T> {
  load: Load | 'missing';
  value: T | null; // the last that could be read
  again(): Promise<void>;
}

// `every`: milliseconds, 0 for never; a page that nobody sees asks nothing.
export function useRead<T>(path: string, parse: (body: unknown) => T, every = 0): Read<T> {
  const { store } = usePage();
  const [state, setState] = useState<{ load: Read<T>['load']; value: T | null }>({ load: 'loading', value: null });
  const current = useRef('');
  const again = useCallback(async () => {
    const answer = await store.get(path);
    if (current.current !== path) return; // gone, or another one is read by now
    if (answer.ok) setState({ load: 'ready', value: parse(answer.body) });
    else setState((before) => (before.value ? before : { load: answer.status === 404 ? 'missing' : 'failed', value: null }));
  }, [path, store]);
  useEffect(() => {
    current.current = path;
    void again();
    const look = (): void => void (document.visibilityState === 'visible' && again());
    const timer = every > 0 ? setInterval(look, every) : undefined;
    document.addEventListener('visibilitychange', look);
    return () => {
      current.current = '';
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [again, every]);
  return { ...state, again };
}
