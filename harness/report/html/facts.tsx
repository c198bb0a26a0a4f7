import type { JSX } from 'preact';

/** Names and values. */
export function Facts({
  rows,
  caption,
}: {
  rows: readonly (readonly [string, string])[];
  caption: string;
}): JSX.Element {
  return (
    <table class="facts">
      <caption>{caption}</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
