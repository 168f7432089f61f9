// Fills a stopped server's SQLite database with token rows (half of them expired) and 100,000 clients. Usage: node grow.mjs FILE ROWS
import { spawnSync } from 'node:child_process';

const [file, rows] = process.argv.slice(2);
function sqlite(sql) {
  const done = spawnSync('sqlite3', [file], { input: sql, encoding: 'utf8', maxBuffer: 1 << 24 });
  if (done.status !== 0 || done.stderr) throw new Error(done.stderr);
  return done.stdout;
}

// Built anew over the finished table, an index takes seconds; row by row, at random, it would take the night.
const indexes = JSON.parse(sqlite(`SELECT json_group_array(json_object('name', name, 'sql', sql)) FROM sqlite_master WHERE type = 'index' AND tbl_name = 'Tokens' AND sql IS NOT NULL;`));
sqlite(`
PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000; PRAGMA temp_store=MEMORY; PRAGMA threads=2; PRAGMA foreign_keys=OFF;
BEGIN;
INSERT INTO Clients (Id, ClientId, Definition, CreatedAt, UpdatedAt, ConcurrencyToken)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
  SELECT printf('00000000-0000-4000-8000-%012X', i), 'grown-' || i, '{"client_id":"grown-' || i || '"}', datetime('now'), datetime('now'), 'x' FROM n
  WHERE NOT EXISTS (SELECT 1 FROM Clients WHERE ClientId = 'grown-1');
${indexes.map(index => `DROP INDEX "${index.name}";`).join('\n')}
INSERT INTO Tokens (Id, ConcurrencyToken, CreationDate, ExpirationDate, PollInterval, ReferenceId, Status, Subject, Type, Payload)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows} - (SELECT COUNT(*) FROM Tokens))
  SELECT printf('%08X-0000-4000-9000-%012X', i / 1000, i + ${rows}), 'x', datetime('now'), datetime('now', CASE WHEN i % 2 THEN '+7 days' ELSE '-7 days' END, '+' || (i % 86400) || ' seconds'), 0,
    lower(hex(randomblob(22))), 'valid', printf('%08X', i % 1000000), 'urn:ietf:params:oauth:token-type:refresh_token', printf('%.*c', 400, 'x') FROM n;
${indexes.map(index => `${index.sql};`).join('\n')}
COMMIT;
ANALYZE;
PRAGMA wal_checkpoint(TRUNCATE);`);
