// Draws /openapi.json as a page on which every endpoint can be read and tried. Text only ever reaches the page through textContent.
const make = (name, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
};

const token = () => document.getElementById('token').value.trim();

async function send(method, path, body, output) {
  const headers = {};
  if (token()) headers.Authorization = `Bearer ${token()}`;
  if (body !== null) headers['Content-Type'] = 'application/json';
  try {
    const answer = await fetch(path, { method, headers, body });
    const text = await answer.text();
    let shown = text;
    try {
      const json = JSON.parse(text);
      shown = JSON.stringify(json, null, 2);
      if (json.access_token) document.getElementById('token').value = json.access_token;
    } catch { /* not JSON: shown as it came */ }
    output.textContent = `${answer.status} ${answer.statusText}\n${shown}`;
  } catch (failure) {
    output.textContent = String(failure);
  }
}

function example(schema, schemas, depth = 0) {
  if (!schema || depth > 4) return null;
  if (schema.$ref) return example(schemas[schema.$ref.split('/').pop()], schemas, depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') {
    const required = new Set(schema.required ?? []);
    return Object.fromEntries(Object.entries(schema.properties ?? {})
      .filter(([name]) => required.has(name))
      .map(([name, member]) => [name, example(member, schemas, depth + 1)]));
  }
  return { string: '', integer: 0, number: 0, boolean: false, array: [] }[type] ?? null;
}

function endpoint(path, method, operation, schemas) {
  const output = make('pre', { textContent: '', hidden: true });
  const target = make('input', { value: path, ariaLabel: 'path' });
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  const body = schema ? make('textarea', { rows: 6, value: JSON.stringify(example(schema, schemas), null, 2), ariaLabel: 'body' }) : null;
  const button = make('button', { type: 'button', textContent: operation['x-try'] ?? 'Probar / Try' });
  button.addEventListener('click', () => {
    output.hidden = false;
    send(method.toUpperCase(), target.value, body ? body.value : null, output);
  });
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => `${status} ${answer.description}`).join('\n');
  return make('details', {},
    make('summary', {}, make('span', { className: 'verb', textContent: method.toUpperCase() }), make('code', { textContent: path }),
      make('span', { className: 'muted', textContent: `  ${operation.summary ?? ''}` })),
    make('p', { className: 'muted', textContent: `acceso / access: ${operation['x-access'] ?? ''}` }),
    make('pre', { textContent: answers }), target, ...(body ? [body] : []), make('p', {}, button), output);
}

const contract = await (await fetch('/openapi.json')).json();
const list = document.getElementById('endpoints');
const groups = new Map();
for (const [path, methods] of Object.entries(contract.paths))
  for (const [method, operation] of Object.entries(methods)) {
    const tag = operation.tags?.[0] ?? 'service';
    if (!groups.has(tag)) groups.set(tag, []);
    groups.get(tag).push(endpoint(path, method, operation, contract.components.schemas));
  }
for (const [tag, rows] of groups) list.append(make('h2', { textContent: tag }), ...rows);
