#!/usr/bin/python3
"""Our letters in Chromium, judged three ways (the demo's page by axe-core and in forced dark); letters that were spoilt on purpose must be found by each.

House rules   language, one h1, headings in order, no image, type of 16 px, links with words, contrast 4.5:1; in the light and the dark scheme.
axe-core      its rules, in the light and the dark scheme. It comes from npm into build/npm; without a registry that part is skipped.
Forced dark   Chromium recolours while it paints (WebContentsForceDark), and no script sees the colours. So a picture of each letter is taken, as it is
              and without what mail programs take away (its style element and colour scheme), and the contrast of each word is measured from
              the pixels: the colour that most of the word's box has, against the one that differs most from it and covers at least 4 pixels, at 2
              pixels a point, where the strokes of letters are wide enough to have a core of their true colour.
"""
import base64
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

BUILD = os.path.abspath(os.environ.get('POSTCIRCLE_BUILD', 'build/release'))
PROGRAM = os.path.join(BUILD, 'postcircle')
HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, PAGE_WIDTH, SCALE, IN_A_ROW, TALLEST, PICTURES_MAX = 390, 1200, 2, 8, 7000, 4
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
// where each word stands, as far as it is to be seen
function boxes(frame) {
  const doc = frame.contentDocument, found = [], walk = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, range = doc.createRange();
    for (const word of walk.currentNode.nodeValue.matchAll(/[\p{L}\p{N}]{2,}/gu)) {
      range.setStart(walk.currentNode, word.index);
      range.setEnd(walk.currentNode, word.index + word[0].length);
      for (const r of range.getClientRects()) {
        const is_seen = y => { const at = doc.elementFromPoint(r.x + r.width / 2, y); return at && (at === e || e.contains(at)); };
        if (r.width > 4 && r.height > 4 && is_seen(r.y + 1) && is_seen(r.y + r.height - 1)) found.push([r.x, r.y, r.width, r.height].map(Math.round));
      }
    }
  }
  return found;
}
async function axe(frame) {
  frame.contentWindow.eval(AXE);
  // a letter stands inside the page of a mail program, which has the landmarks; frames are letters, looked at by themselves
  const rules = LETTERS ? { region: { enabled: false }, 'landmark-one-main': { enabled: false } } : {};
  const said = await frame.contentWindow.axe.run(frame.contentDocument, { iframes: false, resultTypes: ['violations'], rules });
  return { looked: said.passes.length, found: said.violations.map(v => v.id + ' ' + v.nodes[0].html.slice(0, 120)) };
}
addEventListener('load', async () => {
  const said = [];
  for (const frame of document.querySelectorAll('iframe')) {
    const one = LETTERS ? look(frame) : { name: frame.title, wrong: [] };
    one.boxes = boxes(frame);
    one.height = 40 + Math.max(...one.boxes.map(b => b[1] + b[3]));
    if (AXE) one.axe = await axe(frame);
    said.push(one);
  }
  document.getElementById('said').textContent = JSON.stringify(said);
});
'''
PIXELS = r'''
function light(c) { const v = [c >> 16, c >> 8 & 255, c & 255].map(x => (x /= 255) <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; }
function contrast(a, b) { const x = light(a), y = light(b); return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); }
function measure(picture, x, y, w, h) {
  const d = picture.getImageData(x, y, w, h).data, seen = new Map();
  for (let i = 0; i < d.length; i += 4) { const c = d[i] << 16 | d[i + 1] << 8 | d[i + 2]; seen.set(c, (seen.get(c) || 0) + 1); }
  let ground = -1, most = 0, best = 1;
  for (const [c, n] of seen) if (n > most) { most = n; ground = c; }
  for (const [c, n] of seen) if (n >= 4) best = Math.max(best, contrast(c, ground));
  return { ground: light(ground), contrast: best };
}
addEventListener('load', () => {
  const image = document.images[0], canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const picture = canvas.getContext('2d', { willReadFrequently: true });
  picture.drawImage(image, 0, 0);
  const said = WORDS.map(words => words.map(box => measure(picture, ...box)));
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
              ('welcome in Spanish', 'carmen', r'bienvenida'), ('single note', 'walt', r'^Tuesday Circle, [^,]*, [^,]*$'), ('announcement', 'rose', r'^Tuesday Circle, [^,]*, [^,]*$'),
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


def axe_source():
    """axe-core's text, and why there is none. What npm installs is bound by the digests of package-lock.json."""
    if not shutil.which('npm'):
        return '', 'no npm'
    where = os.path.join(os.path.dirname(BUILD), 'npm')
    os.makedirs(where, exist_ok=True)
    for name in ('package.json', 'package-lock.json'):
        shutil.copy(os.path.join(HERE, 'npm', name), where)
    try:
        done = subprocess.run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1', '--fetch-timeout=20000'],
                              cwd=where, capture_output=True, timeout=100, stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        return '', 'npm did not reach its registry'
    if done.returncode:
        return '', 'npm could not install axe-core: is its registry reached?'
    with open(os.path.join(where, 'node_modules/axe-core/axe.min.js'), encoding='utf-8') as f:
        return f.read(), ''


def chromium(scratch, page, *options):
    path = os.path.join(scratch, 'page.html')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('<!DOCTYPE html><meta charset="utf-8"><meta name="color-scheme" content="light dark">' + page)
    run = subprocess.run([CHROMIUM, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', f'--user-data-dir={scratch}/profile', *options,
                          'file://' + path], capture_output=True, text=True, timeout=120, check=False)
    said = re.search(r'<pre id="said">(.*?)</pre>', run.stdout, re.S)
    return json.loads(html.unescape(said.group(1))) if said and said.group(1) else None


def in_script(value):
    return json.dumps(value).replace('<', '\\u003c')


def frames(pages, width, heights):
    """Side by side, each as high as it needs to be."""
    return '<style>body{margin:0}iframe{position:absolute;border:0;top:0}</style>' + ''.join(
        f'<iframe title="{html.escape(name)}" style="left:{i * width}px" width="{width}" height="{heights[i]}" srcdoc="{html.escape(text)}"></iframe>'
        for i, (name, text) in enumerate(pages))


def look(scratch, pages, is_dark, axe, width=WIDTH, are_letters=True, scale=1):
    """What the script says about each page. Blink numbers the schemes: 0 dark, 1 light."""
    script = f"const LETTERS = {'true' if are_letters else 'false'}, AXE = {in_script(axe)};{CHECK}"
    return chromium(scratch, f'<pre id="said"></pre><script>{script}</script>{frames(pages, width, [TALLEST] * len(pages))}', '--virtual-time-budget=60000',
                    f'--blink-settings=preferredColorScheme={0 if is_dark else 1}', f'--force-device-scale-factor={scale}', '--dump-dom')


def paint(scratch, pages, width=WIDTH, are_letters=True):
    """The words of each page as Chromium paints them in forced dark: {name: [{ground, contrast}]}."""
    found = {}
    for at in range(0, len(pages), IN_A_ROW):
        row = pages[at:at + IN_A_ROW]
        seen = look(scratch, row, False, '', width, are_letters, SCALE)  # lines break otherwise at another scale
        heights = [min(x['height'], TALLEST) for x in seen]
        picture = os.path.join(scratch, 'picture.png')
        words = [[[SCALE * v for v in (i * width + x, y, w, h)] for x, y, w, h in page['boxes'] if y + h <= heights[i]] for i, page in enumerate(seen)]
        for _ in range(PICTURES_MAX):
            chromium(scratch, frames(row, width, heights), '--enable-features=WebContentsForceDark', f'--force-device-scale-factor={SCALE}',
                     f'--window-size={width * len(row)},{max(heights)}', f'--screenshot={picture}')
            with open(picture, 'rb') as f:
                data = base64.b64encode(f.read()).decode()
            said = chromium(scratch, f'<pre id="said"></pre><script>const WORDS = {json.dumps(words)};{PIXELS}</script><img src="data:image/png;base64,{data}">',
                            '--virtual-time-budget=60000', '--dump-dom')
            if said and not any(w['contrast'] == 1 for page in said for w in page):
                break  # a word of one colour is one that a busy machine had not painted yet
        found.update({name: words for (name, _), words in zip(row, said)})
    return found


def stripped(text):
    """What is left of a letter in a mail program that takes style elements and colour schemes away."""
    text = re.sub(r'<style>.*?</style>', '', text, flags=re.S)
    return re.sub(r'<meta name="color-scheme"[^>]*>', '', text)


def judge(scratch, found, spoilt, axe):
    """House rules and axe-core in both schemes."""
    for is_dark in (False, True):
        scheme = 'dark' if is_dark else 'light'
        said = look(scratch, found + spoilt, is_dark, axe)
        if not said:
            report(f'Chromium measures ({scheme})', False, 'it said nothing')
            continue
        report(f'Chromium shows the {scheme} scheme', all(x['dark'] == is_dark and (sum(x['ground']) < 300) == is_dark for x in said),
               str([x['ground'] for x in said]))
        for x in said[:len(found)]:
            report(f"{x['name']}, {scheme}", not x['wrong'], '; '.join(x['wrong']))
            if axe:
                report(f"{x['name']}, {scheme}, axe-core", not x['axe']['found'] and x['axe']['looked'] > 5, '; '.join(x['axe']['found']))
        for x in said[len(found):]:
            report(f"spoilt on purpose is found: {x['name']}, {scheme}", bool(x['wrong']), 'nothing was found')
            if axe and x['name'] in ('no language', 'pale type'):
                report(f"spoilt on purpose is found by axe-core: {x['name']}, {scheme}", bool(x['axe']['found']), 'nothing was found')


def judge_forced_dark(scratch, found, spoilt, **how):
    painted = paint(scratch, found + spoilt, **how)
    for name, words in painted.items():
        lowest = min((x['contrast'] for x in words), default=0)
        grounds = sum(x['ground'] < 0.2 for x in words)
        if name in dict(spoilt):
            report(f'spoilt on purpose is found: {name}, forced dark', lowest < 4.5, f'contrast {lowest:.2f}')
        else:
            report(f'{name}, forced dark', lowest >= 4.5 and len(words) > 3 and grounds * 2 > len(words),
                   f'contrast {lowest:.2f}, {len(words)} words, {grounds} on dark')


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        out = os.path.join(scratch, 'out')
        played = subprocess.run([PROGRAM, 'demo', '--out', out], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=400, check=False)
        if played.returncode:
            print('not ok the demo plays:', played.stderr)
            return 1
        found = list(letters(out))
        good = dict(found)['digest with a note']
        pale = good.replace('color:#2a2622', 'color:#b8b0a6').replace('color:#f1ebe2', 'color:#5f574e')
        spoilt = [('no language', good.replace('lang="en"', '')), ('two h1', good.replace('<h2', '<h1', 1).replace('</h2>', '</h1>', 1)),
                  ('pale type', pale), ('an image', good.replace('<hr', '<img src="x" alt=""><hr', 1)), ('small type', good.replace('font:17px', 'font:12px'))]
        # white on this grey stays as it is in forced dark
        grey = stripped(good).replace('background:#17574f', 'background:#888888')
        with open(os.path.join(out, 'index.html'), encoding='utf-8') as f:
            page = [("the demo's page", f.read())]
        axe, why = axe_source()
        judge(scratch, found, spoilt, axe)
        if axe:
            for is_dark in (False, True):
                said = look(scratch, page, is_dark, axe, PAGE_WIDTH, False)
                report(f"the demo's page, {'dark' if is_dark else 'light'}, axe-core", said and not said[0]['axe']['found'],
                       '; '.join(said[0]['axe']['found']) if said else 'Chromium said nothing')
        else:
            print('skip axe-core', why)
        both = [(f'{name}{how}', change(text)) for name, text in found for how, change in (('', str), (', stripped', stripped))]
        judge_forced_dark(scratch, both, [('grey button', grey)])
        faint = page[0][1].replace('.lead{', '.lead{opacity:.4;')  # which forced dark leaves alone
        judge_forced_dark(scratch, page, [("the demo's page, faint words", faint)], width=PAGE_WIDTH, are_letters=False)
    return 1 if failed else 0


CHROMIUM = shutil.which('chromium')
if not CHROMIUM:
    print('skip a11y no Chromium')
    sys.exit(0)
if __name__ == '__main__':
    sys.exit(main())
