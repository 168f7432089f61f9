// Fills a stopped server's SQLite database with token rows (half of them expired) and 100,000 clients. Usage: node grow.mjs FILE ROWS
import { spawnSync } from 'node:child_process';

const [file, rows] = process.argv.slice(2);
const sql = `
PRAGMA synchronous=OFF;
INSERT INTO Clients (Id, ClientId, Definition, CreatedAt, UpdatedAt, ConcurrencyToken)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
  SELECT printf('00000000-0000-4000-8000-%012X', i), 'grown-' || i, '{"client_id":"grown-' || i || '"}', datetime('now'), datetime('now'), 'x' FROM n
  WHERE NOT EXISTS (SELECT 1 FROM Clients WHERE ClientId = 'grown-1');
INSERT INTO Tokens (Id, ConcurrencyToken, CreationDate, ExpirationDate, PollInterval, ReferenceId, Status, Subject, Type, Payload)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows} - (SELECT COUNT(*) FROM Tokens))
  SELECT printf('%08X-0000-4000-9000-%012X', abs(random() % 4294967295), i + ${rows}), 'x', datetime('now'), datetime('now', CASE WHEN i % 2 THEN '+7 days' ELSE '-7 days' END), 0,
    lower(hex(randomblob(22))), 'valid', printf('%08X', i % 1000000), 'refresh_token', printf('%.*c', 400, 'x') FROM n;
ANALYZE;`;
const done = spawnSync('sqlite3', [file], { input: sql, encoding: 'utf8' });
if (done.status !== 0 || done.stderr) throw new Error(done.stderr);
