/** Reads the description of a tool from tool-descriptions/, as the build does. */
import { readFileSync } from 'node:fs';
import { type DescriptionFile, readDescriptionFile } from '../../src/mcp/description-file.ts';

/** The folder. */
export const descriptionFiles = new URL('../../tool-descriptions/', import.meta.url);

/** One tool's file. */
export const readTool = (toolName: string): DescriptionFile =>
  readDescriptionFile(readFileSync(new URL(`${toolName}.md`, descriptionFiles), 'utf8'));

/** What a model reads of the tool. */
export const describeTool = (toolName: string): string => readTool(toolName).body;
