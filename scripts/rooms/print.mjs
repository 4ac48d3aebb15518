/** `npm run rooms`: prints the purpose, files, lines and imported rooms of every room of src/. */
import { describeRooms, readSources } from './scan.mjs';

for (const { name, purpose, files, lines, arrows } of describeRooms(readSources())) {
  const imports = arrows.map(({ room, imports: count }) => `${room} (${count})`).join(', ');
  process.stdout.write(
    `${name}: ${purpose}\n  ${files} files, ${lines} lines; imports ${imports || 'no room'}\n`,
  );
}
