/**
 * What the page does beside being read: filters with their state in the address, rows that open, light and dark. All that
 * it needs is in the page; it makes no markup of any text. Without it everything is shown at once.
 */
export const pageScript = `(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');
  let theme = null;
  try { theme = localStorage.getItem('p2plab-theme'); } catch {}
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;

  document.addEventListener('DOMContentLoaded', () => {
    const byId = (id) => document.getElementById(id);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches);
    const button = byId('theme');
    const name = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      try { localStorage.setItem('p2plab-theme', root.dataset.theme); } catch {}
      name();
    });
    dark.addEventListener('change', name);
    name();

    const form = byId('filters');
    const bodies = [...document.querySelectorAll('.results > tbody')].map((body) => ({
      body,
      outcome: body.dataset.outcome,
      kernel: body.dataset.kernel,
      tags: (body.dataset.tags || '').split(' '),
      text: body.dataset.text || '',
    }));
    if (!form) return;
    const boxes = [...form.elements].filter((e) => e.type === 'checkbox');
    const fields = ['kernel', 'tag', 'text'];

    const toAddress = () => {
      const state = new URLSearchParams();
      const off = boxes.filter((b) => !b.checked);
      if (off.length) state.set('outcome', boxes.filter((b) => b.checked).map((b) => b.value).join(','));
      for (const field of fields) if (form.elements[field].value) state.set(field, form.elements[field].value);
      const open = bodies.filter((b) => b.body.classList.contains('open')).map((b) => b.body.id);
      if (open.length && open.length <= 20) state.set('open', open.join(','));
      const hash = state.toString();
      history.replaceState(null, '', hash ? '#' + hash : location.pathname + location.search);
    };
    const apply = () => {
      const outcomes = new Set(boxes.filter((b) => b.checked).map((b) => b.value));
      const [kernel, tag] = [form.elements.kernel.value, form.elements.tag.value];
      const words = form.elements.text.value.toLowerCase().split(/\\s+/).filter(Boolean);
      let shown = 0;
      for (const b of bodies) {
        const hit = outcomes.has(b.outcome) && (!kernel || b.kernel === kernel) &&
          (!tag || b.tags.includes(tag)) && words.every((word) => b.text.includes(word));
        b.body.classList.toggle('hidden', !hit);
        if (hit) shown += 1;
      }
      byId('shown').textContent = shown === bodies.length ? 'all ' + shown + ' results' : shown + ' of ' + bodies.length + ' results';
    };
    const open = (body, yes) => {
      body.classList.toggle('open', yes);
      body.querySelector('.toggle').setAttribute('aria-expanded', String(yes));
    };
    const fromAddress = () => {
      const state = new URLSearchParams(location.hash.slice(1));
      const outcome = state.get('outcome');
      for (const box of boxes) box.checked = outcome === null || outcome.split(',').includes(box.value);
      for (const field of fields) form.elements[field].value = state.get(field) || '';
      const ids = (state.get('open') || '').split(',');
      for (const { body } of bodies) open(body, ids.includes(body.id));
      apply();
    };

    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', () => { apply(); toAddress(); });
    form.addEventListener('reset', () => setTimeout(() => { apply(); toAddress(); }));
    document.querySelector('.results').addEventListener('click', (event) => {
      const toggle = event.target.closest('.toggle');
      if (!toggle) return;
      const body = toggle.closest('tbody');
      open(body, !body.classList.contains('open'));
      toAddress();
    });
    addEventListener('hashchange', fromAddress);
    fromAddress();
  });
})();`;
