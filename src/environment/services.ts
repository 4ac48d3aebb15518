/** Finds the description of a service. */
import type { Service } from './service.ts';
import { serviceTable } from './service-table.ts';

const byName = new Map<string, readonly Service[]>();
for (const row of serviceTable) byName.set(row.service, [...(byName.get(row.service) ?? []), row]);

/** The row of a service, also in an unusual category; undefined for an unknown service. */
export function serviceOf(category: string, service: string): Service | undefined {
  const rows = byName.get(service) ?? [];
  return rows.find(row => row.category === category) ?? rows[0];
}
