-- Models that run at Replicate. Options bear the names that the models themselves give them, save count and seconds, which have one
-- name everywhere; what a model costs there is per image, per token or per call.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT id, 'image', 'replicate',
       jsonb_build_object(
         'aspect_ratio', '{"type": "string", "enum": ["1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "4:5", "5:4", "21:9", "9:21"], "default": "1:1"}'::jsonb,
         'output_format', '{"type": "string", "enum": ["webp", "jpg", "png"], "default": "png"}'::jsonb,
         'seed', '{"type": "integer", "minimum": 0, "maximum": 2147483647}'::jsonb)
       || CASE WHEN most > 1 THEN jsonb_build_object('count', jsonb_build_object('type', 'integer', 'minimum', 1, 'maximum', most, 'default', 1))
               ELSE '{}'::jsonb END,
       jsonb_build_array(jsonb_build_object('per', 'image', 'amount_micros', amount)),
       'stop', expected, 600
FROM (VALUES
    ('replicate/black-forest-labs/flux-schnell',  300000::bigint, 4, 3),
    ('replicate/black-forest-labs/flux-dev',     2500000,         4, 8),
    ('replicate/black-forest-labs/flux-1.1-pro', 4000000,         1, 8)
) AS seed (id, amount, most, expected);

INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT id, 'text', 'replicate',
       '{"max_tokens": {"type": "integer", "minimum": 1, "maximum": 4096, "default": 1024},
         "temperature": {"type": "number", "minimum": 0, "maximum": 5},
         "top_p": {"type": "number", "minimum": 0, "maximum": 1}}',
       jsonb_build_array(
         jsonb_build_object('per', '1m_tokens_in', 'amount_micros', tokens_in),
         jsonb_build_object('per', '1m_tokens_out', 'amount_micros', tokens_out, 'typical', 400)),
       'stop', 10, 600
FROM (VALUES
    ('replicate/meta/meta-llama-3-70b-instruct', 65000000::bigint, 275000000::bigint),
    ('replicate/meta/meta-llama-3-8b-instruct',   5000000,          25000000)
) AS seed (id, tokens_in, tokens_out);

INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
VALUES ('replicate/minimax/video-01', 'video', 'replicate',
        '{"prompt_optimizer": {"type": "boolean", "default": true}}',
        '[{"per": "call", "amount_micros": 50000000}]', 'stop', 180, 1800);
