/** Finds the description of a service. */
import type { Service } from './service.ts';
import { serviceTable } from './service-table.ts';

const byKey = new Map(serviceTable.map(row => [JSON.stringify([row.category, row.service]), row]));

/** The row of a service, also in an unusual category; undefined for an unknown service. */
export const serviceOf = (category: string, service: string): Service | undefined =>
  byKey.get(JSON.stringify([category, service])) ?? serviceTable.find(row => row.service === service);
