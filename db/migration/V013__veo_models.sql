-- Veo's videos by the second. An operation that was begun is billed: it is read to its end.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT id, 'video', 'gemini',
       '{"width": {"type": "integer", "enum": [720, 1080, 1280, 1920], "default": 1280},
         "height": {"type": "integer", "enum": [720, 1080, 1280, 1920], "default": 720},
         "seconds": {"type": "integer", "enum": [4, 6, 8], "default": 8},
         "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295}}'::jsonb,
       jsonb_build_array(jsonb_build_object('per', 'second', 'amount_micros', amount)),
       'drain', expected, 1800
FROM (VALUES
    ('gemini/veo-3.0-generate-001',      40000000::bigint, 90),
    ('gemini/veo-3.0-fast-generate-001', 15000000,         60)
) AS seed (id, amount, expected);
