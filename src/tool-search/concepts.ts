/** The actions and the things together: what a sentence can name. */
import { type Action, actions, type Line } from './actions.ts';
import { type Thing, things } from './things.ts';

/** The name of an action or a thing. */
export type Concept = Action | Thing;

/** Each with its words. */
export const concepts: Readonly<Record<Concept, Line>> = { ...actions, ...things };

/** Their names. */
export const conceptNames = Object.keys(concepts) as readonly Concept[];

export const isAction = (concept: Concept): concept is Action => concept in actions;
export const isThing = (concept: Concept): concept is Thing => concept in things;
