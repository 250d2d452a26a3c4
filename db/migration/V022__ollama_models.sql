-- Ollama in its own protocol: servers of that kind are named in the providers file, and their models go by this row.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, thinking, expected_seconds, deadline_seconds)
SELECT 'ollama/*', kind, 'ollama', options, price, 'stop', false, expected_seconds, deadline_seconds
FROM model
WHERE id = 'openai/*';
