/** The search over the descriptions of all tools, without a server. */
import { readdirSync } from 'node:fs';
import { operations } from '../../src/operations/index.ts';
import { createFinder } from '../../src/tool-search/index.ts';
import { declaredTools } from '../../src/tools/index.ts';
import { descriptionFiles, readTool } from '../support/descriptions.ts';

const guides = ['find_operation', 'run_operation'];
const access = new Map([...declaredTools, ...operations].map(tool => [tool.toolName, tool.access]));
const titles = new Map([...declaredTools, ...operations].map(({ toolName, title }) => [toolName, title]));
export const names = readdirSync(descriptionFiles)
  .map(file => file.replace(/\.md$/, ''))
  .filter(name => !guides.includes(name));
export const tools = names.map(name => {
  const { body, requests } = readTool(name);
  return {
    ...{ name, title: titles.get(name) ?? name, description: body, requests },
    ...{ inputSchema: {}, access: access.get(name) ?? 'read' },
  };
});

export const search = createFinder(tools);
export const find = (sentence: string) => search(sentence).found;
/** What is shown of it where nothing else is asked for. */
export const SHOWN = 5;
