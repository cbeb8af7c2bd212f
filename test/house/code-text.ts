// A source's code alone: comments blanked, contents of strings, templates and patterns too, so that
// prose and generated code are not taken for code. Lines stay where they are.
//
// A scanner of one pass. Whether `/` begins a pattern is told by what stands before it, which is
// right for formatted code.

const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};+\-*<>~^%]|\b(?:return|typeof|case|in|of|await|throw))$/;

export function codeOf(text: string): string {
  let out = '';
  let at = 0;
  /** Open braces of each `${` that is not closed yet. */
  const templates: number[] = [];

  const blankTo = (end: number): void => {
    out += text.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  const keep = (): void => {
    out += text.charAt(at++);
  };
  /** Behind the first `close` from `from` that no backslash stands before. */
  const closeOf = (close: string, from: number): number => {
    let inClass = false;
    for (let p = from; p < text.length; p++) {
      const char = text.charAt(p);
      if (char === '\\') p++;
      else if (close === '/' && char === '[') inClass = true;
      else if (close === '/' && char === ']') inClass = false;
      else if (char === close && !inClass) return p;
      else if (close === '`' && char === '$' && text[p + 1] === '{') return p + 1;
    }
    return text.length;
  };
  const skipTemplate = (): void => {
    blankTo(closeOf('`', at));
    if (text[at] === '{') templates.push(0);
    keep();
  };

  while (at < text.length) {
    const char = text.charAt(at);
    const depth = templates.at(-1);
    if (char === '/' && text[at + 1] === '/') {
      const end = text.indexOf('\n', at);
      blankTo(end === -1 ? text.length : end);
    } else if (char === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      blankTo(end === -1 ? text.length : end + 2);
    } else if (char === "'" || char === '"') {
      keep();
      blankTo(closeOf(char, at));
      keep();
    } else if (char === '/' && BEFORE_PATTERN.test(out.slice(-40).trimEnd())) {
      keep();
      blankTo(closeOf('/', at));
      keep();
    } else if (char === '`') {
      keep();
      skipTemplate();
    } else if (char === '}' && depth === 0) {
      keep();
      templates.pop();
      skipTemplate();
    } else {
      if (depth !== undefined && char === '{') templates[templates.length - 1] = depth + 1;
      if (depth !== undefined && char === '}') templates[templates.length - 1] = depth - 1;
      keep();
    }
  }
  return out;
}
