#!/usr/bin/env python3
"""Our letters in Chromium, light and dark: language, one h1, headings in order, no image, type of 16 px, links with words, contrast 4.5:1.

The letters of a demo are put as frames on one page; a script measures what Chromium made of them. A letter that was spoilt on purpose must be found.
"""
import email
import email.policy
import glob
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(os.path.join(os.environ.get('POSTCIRCLE_BUILD', 'build/release'), 'postcircle'))
CHECK = r'''
function rgb(text) { const m = text.match(/[\d.]+/g).map(Number); return { c: m.slice(0, 3), a: m.length > 3 ? m[3] : 1 }; }
function light(c) { const v = c.map(x => (x /= 255) <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; }
function contrast(a, b) { const x = light(a), y = light(b); return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); }
function ground(e, view) { for (; e; e = e.parentElement) { const g = rgb(view.getComputedStyle(e).backgroundColor); if (g.a === 1) return g.c; } return [255, 255, 255]; }
function look(frame) {
  const doc = frame.contentDocument, view = frame.contentWindow, wrong = [];
  if (!/^(en|es)$/.test(doc.documentElement.lang)) wrong.push('lang');
  if (!doc.title.trim()) wrong.push('title');
  if (doc.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
  let level = 0;
  for (const h of doc.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) wrong.push('h' + n + ' after h' + level);
    if (!h.textContent.trim()) wrong.push('empty heading');
    level = n;
  }
  if (doc.querySelector('img,video,object,embed,canvas,svg,script,link,form,iframe')) wrong.push('an image, or something from elsewhere');
  for (const t of doc.querySelectorAll('table')) if (t.getAttribute('role') !== 'presentation') wrong.push('table');
  for (const a of doc.querySelectorAll('a')) if (!a.textContent.trim() || !/^mailto:/.test(a.getAttribute('href'))) wrong.push('link');
  if (doc.documentElement.scrollWidth > frame.clientWidth) wrong.push('wider than a phone');
  const walk = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  let lowest = 99, texts = 0;
  while (walk.nextNode()) {
    if (!walk.currentNode.nodeValue.trim()) continue;
    const e = walk.currentNode.parentElement, style = view.getComputedStyle(e), ratio = contrast(rgb(style.color).c, ground(e, view));
    texts++;
    lowest = Math.min(lowest, ratio);
    if (parseFloat(style.fontSize) < 16) wrong.push('type of ' + style.fontSize);
  }
  if (lowest < 4.5) wrong.push('contrast ' + lowest.toFixed(2));
  if (texts < 3) wrong.push('no text');
  return { name: frame.title, dark: view.matchMedia('(prefers-color-scheme: dark)').matches, ground: ground(doc.body, view), wrong };
}
addEventListener('load', () => {
  const said = [...document.querySelectorAll('iframe')].map(look);
  document.getElementById('said').textContent = JSON.stringify(said);
});
'''
failed = 0


def report(name, ok, why=''):
    global failed
    print(f'ok {name}' if ok else f'not ok {name}: {why}')
    failed += not ok


def body(path):
    with open(path, 'rb') as f:
        mail = email.message_from_binary_file(f, policy=email.policy.default)
    return str(mail['Subject']), mail.get_body(('html',)).get_content()


def letters(folder):
    """One of each sort: the first whose subject says so."""
    wanted = [('digest with quotes', 'rose', r'letter 2'), ('digest with a note', 'rose', r'letter 4'), ('digest in Spanish', 'carmen', r'carta 2'),
              ('digest in large type', 'dot', r'letter 2'), ('invitation', 'rose', r'^Lakeside Clinic$'), ('welcome', 'rose', r'welcome'),
              ('welcome in Spanish', 'carmen', r'bienvenida'), ('single note', 'walt', r'^Tuesday Circle, [^,]*, [^,]*$'),
              ('Which one?', 'maria', r'which one'), ('review', 'ana', r'a note waits'), ('list of reviews', 'ana', r'notes wait'),
              ('page', 'ana', r'please claim'), ('crisis answer', 'sam', r'we got your message'), ('stopped', 'george', r'off the list')]
    for name, who, subject in wanted:
        for path in sorted(glob.glob(f'{folder}/mail/{who}/*.eml')):
            said, text = body(path)
            if re.search(subject, said):
                yield name, text
                break
        else:
            report(f'{name} is there', False, 'no such letter')


def measure(found, is_dark, scratch):
    page = os.path.join(scratch, 'page.html')
    frames = ''.join(f'<iframe title="{html.escape(n)}" width="390" height="700" srcdoc="{html.escape(t)}"></iframe>' for n, t in found)
    with open(page, 'w', encoding='utf-8') as f:
        f.write('<!DOCTYPE html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><pre id="said"></pre>'
                f'<script>{CHECK}</script>{frames}')
    # Blink numbers the schemes: 0 dark, 1 light
    run = subprocess.run([CHROMIUM, '--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=8000', '--user-data-dir=' + scratch + '/profile',
                          f'--blink-settings=preferredColorScheme={0 if is_dark else 1}', '--dump-dom', 'file://' + page],
                         capture_output=True, text=True, timeout=120)
    said = re.search(r'<pre id="said">(.*?)</pre>', run.stdout, re.S)
    return json.loads(html.unescape(said.group(1))) if said and said.group(1) else None


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        out = os.path.join(scratch, 'out')
        played = subprocess.run([PROGRAM, 'demo', '--out', out], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
        if played.returncode:
            print('not ok the demo plays:', played.stderr)
            return 1
        found = list(letters(out))
        good = dict(found)['digest with a note']
        spoilt = [('no language', good.replace('lang="en"', '')), ('two h1', good.replace('<h2', '<h1', 1).replace('</h2>', '</h1>', 1)),
                  ('pale type', good.replace('color:#2a2622', 'color:#b8b0a6').replace('color:#f1ebe2', 'color:#5f574e')),
                  ('an image', good.replace('<hr', '<img src="x" alt=""><hr', 1)), ('small type', good.replace('font:17px', 'font:12px'))]
        for is_dark in (False, True):
            scheme = 'dark' if is_dark else 'light'
            said = measure(found + spoilt, is_dark, scratch)
            if not said:
                report(f'Chromium measures ({scheme})', False, 'it said nothing')
                continue
            report(f'Chromium shows the {scheme} scheme', all(x['dark'] == is_dark and (sum(x['ground']) < 300) == is_dark for x in said),
                   str([x['ground'] for x in said]))
            for x in said[:len(found)]:
                report(f"{x['name']}, {scheme}", not x['wrong'], '; '.join(x['wrong']))
            for x in said[len(found):]:
                report(f"spoilt on purpose is found: {x['name']}, {scheme}", bool(x['wrong']), 'nothing was found')
    return 1 if failed else 0


CHROMIUM = shutil.which('chromium')
if not CHROMIUM:
    print('skip a11y no Chromium')
    sys.exit(0)
if __name__ == '__main__':
    sys.exit(main())
