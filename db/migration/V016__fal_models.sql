-- Models that run at fal. Options bear the names that the models themselves give them, save count, seconds, width and height, which
-- have one name everywhere.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT id, 'image', 'fal',
       '{"width": {"type": "integer", "minimum": 256, "maximum": 1536, "multiple_of": 16, "default": 1024},
         "height": {"type": "integer", "minimum": 256, "maximum": 1536, "multiple_of": 16, "default": 1024},
         "count": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
         "seed": {"type": "integer", "minimum": 0, "maximum": 2147483647}}',
       jsonb_build_array(jsonb_build_object('per', 'image', 'amount_micros', amount)),
       'stop', expected, 600
FROM (VALUES
    ('fal/fal-ai/flux/schnell',  400000::bigint, 3),
    ('fal/fal-ai/flux/dev',     2500000,         8)
) AS seed (id, amount, expected);

INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
VALUES ('fal/fal-ai/kling-video/v1.6/standard/text-to-video', 'video', 'fal',
        '{"seconds": {"type": "integer", "enum": [5, 10], "default": 5},
          "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16", "1:1"], "default": "16:9"}}',
        '[{"per": "second", "amount_micros": 5000000}]', 'stop', 240, 1800);
