// Usage: node validate.mjs FILE…
//
// Judges API documents, and fetches nothing: OpenAPI by Redocly's recommended rules, AsyncAPI by its parser.
// Writes JSON: {"complaints": [{path, line, message}], "documents": {path: document}}, the latter of AsyncAPI.

import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { BaseResolver, createConfig, getLineColLocation, lintFromString, parseYaml } from '@redocly/openapi-core';

// The documents are in no portal, and a service does not know where it will listen.
const rules = { 'info-license': 'off', 'no-empty-servers': 'off' };

const refuse = (place) => {
  throw new Error(`'${place}' is in another document; write it into this one`);
};

class ClosedResolver extends BaseResolver {
  async loadExternalRef(place) {
    return refuse(place);
  }
}

async function judgeOpenApi(path, source, config) {
  const problems = await lintFromString({
    source, absoluteRef: path, config, externalRefResolver: new ClosedResolver(config.resolve),
  });
  return problems.map((problem) => {
    const at = problem.location[0] && getLineColLocation(problem.location[0]);
    const where = at?.pointer ? ` at ${at.pointer}` : '';
    return { path, line: at?.start?.line ?? 1, message: `${problem.message}${where} (${problem.ruleId})` };
  });
}

const closed = ['http', 'https', 'file'].map((schema) => (
  { schema, order: 1, canRead: true, read: (uri) => refuse(uri.toString()) }));

async function judgeAsyncApi(path, source) {
  const parser = new Parser({ __unstable: { resolver: { cache: false, resolvers: closed } } });
  const { diagnostics } = await parser.parse(source, { source: path });
  // What is told beside errors and warnings is advice, such as that there is a newer version of AsyncAPI.
  return diagnostics.filter((one) => one.severity <= 1).map((one) => (
    { path, line: one.range.start.line + 1, message: `${one.message} at ${one.path.join('/')} (${one.code})` }));
}

const config = await createConfig({ extends: ['recommended'], rules });
const complaints = [];
const documents = {};
for (const path of process.argv.slice(2)) {
  const source = readFileSync(path, 'utf8');
  try {
    if (path.endsWith('asyncapi.yaml')) {
      complaints.push(...await judgeAsyncApi(path, source));
      documents[path] = parseYaml(source);
    } else {
      complaints.push(...await judgeOpenApi(path, source, config));
    }
  } catch (error) {
    // Neither goes on where there is no YAML, or nothing that names itself OpenAPI.
    const line = (error.originalError?.mark ?? error.mark)?.line ?? 0;
    complaints.push({ path, line: line + 1, message: error.message });
  }
}
process.stdout.write(JSON.stringify({ complaints, documents }));
