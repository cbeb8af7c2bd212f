// An include may lead to any file that the process can read: of one that is no rules file nothing is
// shown to whoever wrote the path.

import { expect, test } from 'vitest';
import { formatProblem } from '../../../src/rules/front/load.ts';
import { load, problemsOf } from './help.ts';

const MAIN = 'ruleset: t\ninclude: more\nrules: []\n';

test.each([
  ['a map of other keys', 'root:$6$SECRET:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n'],
  ['other keys, one of them twice', 'SECRET: 1\nSECRET: 2\n'],
  ['a text', 'root:x:0:0:SECRET:/root:/bin/bash\n'],
  ['a list', '- SECRET\n'],
  ['no YAML', 'Defaults env_reset\n@SECRET /etc/sudoers.d\n"SECRET\n'],
  ['directives', '%SECRET ALL=(ALL) ALL\n'],
  ['tags', 'key: !SECRET x\n'],
  ['nothing but remarks', '# SECRET\n'],
  ['nothing', ''],
  ['no key', '{}\n'],
])('%s', (_name, text) => {
  const result = load(MAIN, { more: text });
  expect(result.ok).toBe(false);
  const shown = result.ok ? [] : result.problems.map(formatProblem);
  expect(shown).toHaveLength(1);
  expect(shown[0]).toMatch(
    /^rules\.yaml:2:10: The included file "more" is no rules file: it has none of the keys of one; expected ruleset, .* or tests\.\n {2}include: more\n {11}\^{4}$/,
  );
  expect(shown[0]).not.toMatch(/SECRET|root|daemon/);
});

test.each([
  ['a key beside known ones', 'rules: []\nlist: {}\n', '2:1 Unknown key "list"'],
  [
    'YAML that is not well-formed',
    'rules:\n  - { id: a, when: "x }\n',
    '2:20 The quote that opens',
  ],
  ['the same on one line', '{ "rules": [ }\n', '1:14 '],
])('a rules file with a mistake says which: %s', (_name, text, sentence) => {
  const said = problemsOf(MAIN, { more: text });
  expect(said).toHaveLength(1);
  expect(said[0]?.startsWith(sentence)).toBe(true);
});

test.each([
  [
    'a rail',
    'rails: [more]',
    '3:9 The file "more" is no rail file: it has none of the keys of one;',
  ],
  [
    'a register',
    'registers: { r: { file: more, key: merchant } }',
    '3:36 The file has no column "merchant" for the key; its first line is no header of columns.',
  ],
])('nor of one that is not %s', (_name, line, sentence) => {
  const more = 'root:$6$SECRET:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n';
  const shown = problemsOf(`ruleset: t\ncurrency: EUR\n${line}\nrules: []\n`, { more });
  expect(shown.join('\n')).toContain(sentence);
  expect(shown.join('\n')).not.toMatch(/SECRET|daemon/);
});
