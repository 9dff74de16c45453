// The rest of what can be done, behind one button; a touch elsewhere or Escape folds it up again.
import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { usePage } from './hooks';

export function More({ children }: { children: (fold: () => void) => ComponentChildren }) {
  const { words } = usePage();
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const outside = (event: Event): void => {
      if (menu.current && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    addEventListener('pointerdown', outside);
    addEventListener('focusin', outside);
    return () => {
      removeEventListener('pointerdown', outside);
      removeEventListener('focusin', outside);
    };
  }, []);
  const fold = (): void => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <details class="more" ref={menu}>
      <summary class="large">{words.detail.more}</summary>
      <ul>{children(fold)}</ul>
    </details>
  );
}
