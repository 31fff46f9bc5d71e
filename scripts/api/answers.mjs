// Usage: node answers.mjs EXCHANGES NAME=DOCUMENT…
//
// Holds what services were asked and answered against their OpenAPI documents. EXCHANGES is a file of JSON:
//   {"exchanges": [{service, method, path, status, content_type, body, request_body, beyond_document}, …],
//    "unprovoked": ["408 replacePreferences", …]}
// where bodies are texts or null, and `beyond_document` is true of a body that was refused for what a document
// can only say in words. Each line of the output is a complaint, and the exit status is 1 where there are some:
// of answers that a document does not have, or has otherwise, or would have with fields that nobody knows; of
// bodies that service and document disagree on; of answers that it has and no exchange showed, `unprovoked`
// ones aside.

import { readFileSync } from 'node:fs';
import { parseYaml } from '@redocly/openapi-core';
import addFormats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';

const methods = new Set(['get', 'put', 'post', 'delete', 'patch']);
const undocumented = 'nobodyKnowsThisField';

const escaped = (name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
const kindOf = (contentType) => contentType?.split(';')[0].trim() || undefined;

/** One operation of a document, with where its parts stand there. */
class Operation {
  constructor(document, template, method) {
    this.document = document;
    this.template = template;
    this.place = ['paths', template, method];
    this.name = document.at(this.place).value.operationId;
    const inner = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
    this.path = new RegExp(`^${inner}$`);
    this.seen = new Set();
  }

  get statuses() {
    return Object.keys(this.document.at([...this.place, 'responses']).value);
  }

  /** The schema of what is said in one type of content; `has` tells whether the type is there at all. */
  content(place, kind) {
    const at = this.document.at([...this.place, ...place]);
    const contents = at?.value.content;
    if (kind === undefined) return { has: contents === undefined };
    const media = contents && this.document.at([...at.place, 'content', kind]);
    return { has: Boolean(media), schema: media?.value.schema && [...media.place, 'schema'] };
  }
}

class Document {
  constructor(name, file, ajv) {
    this.name = name;
    this.ajv = ajv;
    this.whole = parseYaml(readFileSync(file, 'utf8'));
    ajv.addSchema(this.whole, `${name}:`, undefined, false);
    this.operations = Object.entries(this.whole.paths).flatMap(([template, item]) => (
      Object.keys(item).filter((key) => methods.has(key)).map((method) => [method, template])))
      .map(([method, template]) => Object.assign(new Operation(this, template, method), { method }));
    this.validators = new Map();
  }

  /** What stands there, references followed, and where it does. */
  at(place) {
    let found = { value: this.whole, place: [] };
    for (const name of place) {
      const next = found.value?.[name];
      if (next === undefined) return undefined;
      found = { value: next, place: [...found.place, name] };
      if (typeof next.$ref === 'string' && name !== 'schema') {
        found = this.at(next.$ref.slice(2).split('/').map((part) => (
          decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))));
      }
    }
    return found;
  }

  validator(place) {
    const ref = `${this.name}:#/${place.map(escaped).join('/')}`;
    if (!this.validators.has(ref)) this.validators.set(ref, this.ajv.compile({ $ref: ref }));
    return this.validators.get(ref);
  }

  operation(method, path) {
    const bare = path.split('?')[0];
    const matches = this.operations.filter((one) => one.method === method.toLowerCase() && one.path.test(bare));
    // OpenAPI prefers a path that is written out to one with parameters.
    return matches.sort((a, b) => Number(a.template !== bare) - Number(b.template !== bare))[0];
  }
}

const words = (validate) => validate.errors.map((error) => (
  `${error.instancePath || '/'} ${error.message} (${JSON.stringify(error.params)})`)).join('; ');

function parsed(text) {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { broken: error.message };
  }
}

/** Every object in a value, once for each place of which lists' items are taken as one. */
function* objectsIn(value, place = '') {
  if (Array.isArray(value)) {
    for (const item of value) yield* objectsIn(item, `${place}/*`);
  } else if (value !== null && typeof value === 'object') {
    yield [place, value];
    for (const [name, inner] of Object.entries(value)) yield* objectsIn(inner, `${place}/${name}`);
  }
}

class Judge {
  constructor(documents) {
    this.documents = documents;
    this.complaints = new Set();
    this.probed = new Set();
  }

  complain(exchange, what) {
    const asked = `${exchange.service}: ${exchange.method} ${exchange.path}`;
    this.complaints.add(`${asked} was answered with ${exchange.status}: ${what}`);
  }

  judge(exchange) {
    const operation = this.documents.get(exchange.service)?.operation(exchange.method, exchange.path);
    if (!operation) return this.complain(exchange, 'the document has no such operation');
    const exact = String(exchange.status);
    const status = operation.statuses.includes(exact) ? exact : 'default';
    if (!operation.statuses.includes(status)) {
      return this.complain(exchange, `${operation.name} has no such status, and no default`);
    }
    operation.seen.add(status);
    this.judgeAnswer(exchange, operation, status);
    if (exchange.request_body !== null) this.judgeRequest(exchange, operation);
  }

  judgeAnswer(exchange, operation, status) {
    const kind = kindOf(exchange.content_type);
    const { has, schema } = operation.content(['responses', status], kind);
    if (!has) {
      return this.complain(exchange, `${operation.name} has no ${kind ?? 'answer without content'} there`);
    }
    if (kind === undefined && exchange.body) return this.complain(exchange, 'its content has no type');
    if (!/[/+]json$/.test(kind ?? '')) return;
    if (!schema) return this.complain(exchange, `${operation.name} says nothing of its ${kind}`);
    const { value, broken } = parsed(exchange.body);
    if (broken) return this.complain(exchange, `its body is no JSON: ${broken}`);
    const validate = operation.document.validator(schema);
    if (!validate(value)) return this.complain(exchange, words(validate));
    this.probe(exchange, `${operation.document.name} ${operation.name} ${status}`, validate, value);
  }

  /** Whether the schema would let pass what it does not have. */
  probe(exchange, whose, validate, value) {
    for (const [place, object] of objectsIn(value)) {
      // Of one that may have either this or that, another exchange has the rest.
      const what = `${whose} ${place} ${Object.keys(object).sort()}`;
      if (!this.probed.has(what)) {
        this.probed.add(what);
        object[undocumented] = 1;
        if (validate(value)) this.complain(exchange, `the schema of '${place || '/'}' takes any other field`);
        delete object[undocumented];
      }
    }
  }

  judgeRequest(exchange, operation) {
    const isAccepted = exchange.status < 300;
    const isRefused = exchange.status === 422 && /:body-invalid"/.test(exchange.body);
    if (!isAccepted && (!isRefused || exchange.beyond_document)) return;
    const { schema } = operation.content(['requestBody'], 'application/json');
    if (!schema) {
      return isAccepted && this.complain(exchange, `${operation.name} has no body, and one was accepted`);
    }
    const validate = operation.document.validator(schema);
    const isValid = validate(JSON.parse(exchange.request_body));
    if (isAccepted && !isValid) {
      this.complain(exchange, `the document forbids the body ${exchange.request_body}: ${words(validate)}`);
    }
    if (isRefused && isValid) {
      this.complain(exchange, `the document allows the body ${exchange.request_body}: ${exchange.body}`);
    }
  }

  lookForGaps(unprovoked) {
    const excused = new Set(unprovoked);
    for (const { name, operations } of this.documents.values()) {
      for (const operation of operations) {
        for (const status of operation.statuses) {
          const isExcused = excused.delete(`${status} ${operation.name}`);
          if (!isExcused && !operation.seen.has(status)) {
            this.complaints.add(`${name}: ${status} of ${operation.name} was not seen in any exchange`);
          }
        }
      }
    }
    for (const one of excused) this.complaints.add(`no document has '${one}', which is said to be unprovoked`);
  }
}

const [, , exchangesFile, ...named] = process.argv;
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
addFormats(ajv);
// A document is the root of its schemas, and no schema itself.
ajv.addVocabulary(['openapi', 'info', 'servers', 'security', 'tags', 'paths', 'components']);
const documents = new Map(named.map((word) => {
  const [name, file] = [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)];
  return [name, new Document(name, file, ajv)];
}));
const { exchanges, unprovoked } = JSON.parse(readFileSync(exchangesFile, 'utf8'));
const judge = new Judge(documents);
for (const exchange of exchanges) judge.judge(exchange);
judge.lookForGaps(unprovoked);
for (const complaint of judge.complaints) console.log(complaint);
process.exitCode = judge.complaints.size > 0 ? 1 : 0;
