import { render } from 'preact';
import { Store } from './model/store';
import { App } from './ui/app';

const store = new Store();
render(<App store={store} />, document.getElementById('app')!);
store.start();
