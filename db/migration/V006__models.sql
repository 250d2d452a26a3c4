-- What can be generated and what it costs. Rows, not code: an operator changes a price or an option by SQL and it is in effect
-- within five seconds. Amounts are micro-credits; options say what a model understands and are what GET /v1/models shows.
CREATE TABLE model (
    id               text PRIMARY KEY,
    kind             text NOT NULL,
    provider         text NOT NULL,
    options          jsonb NOT NULL DEFAULT '{}',
    price            jsonb NOT NULL DEFAULT '[]',
    cancel_policy    text NOT NULL,
    fallbacks        text[] NOT NULL DEFAULT '{}',
    thinking         boolean NOT NULL DEFAULT false,
    expected_seconds integer NOT NULL,
    deadline_seconds integer NOT NULL,
    default_rank     integer,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT model_id_names_its_maker CHECK (id ~ '^[a-z0-9_-]+/[^[:cntrl:][:space:]]{1,120}$'),
    CONSTRAINT model_kind CHECK (kind IN ('text', 'image', 'video')),
    CONSTRAINT model_options_are_an_object CHECK (jsonb_typeof(options) = 'object'),
    CONSTRAINT model_price_is_a_list CHECK (jsonb_typeof(price) = 'array'),
    CONSTRAINT model_cancel_policy CHECK (cancel_policy IN ('stop', 'drain', 'free')),
    CONSTRAINT model_times_are_sane CHECK (expected_seconds > 0 AND deadline_seconds BETWEEN expected_seconds AND 86400)
);

COMMENT ON COLUMN model.options IS 'name -> {type, minimum, maximum, multiple_of, default, enum}; type is integer, number, boolean, string or strings';
COMMENT ON COLUMN model.price IS 'list of {per, amount_micros, typical}; typical is the usual quantity in single units, for estimates';
COMMENT ON COLUMN model.fallbacks IS 'models to try in this order when this one fails before anything was shown';
COMMENT ON COLUMN model.thinking IS 'silent for long before its first word, and strict about temperature and max_tokens';
COMMENT ON COLUMN model.expected_seconds IS 'first guess of the duration with default options, until there is a history';
COMMENT ON COLUMN model.deadline_seconds IS 'when a call, or a job at the vendor whose fate is unknown, is given up';
COMMENT ON COLUMN model.default_rank IS 'the lowest of a kind is its default model';

INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds, default_rank) VALUES
('studio/text', 'text', 'studio',
 '{"max_tokens": {"type": "integer", "minimum": 1, "maximum": 16384, "default": 1024},
   "temperature": {"type": "number", "minimum": 0, "maximum": 2},
   "stop": {"type": "strings", "maximum": 4},
   "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295},
   "speed": {"type": "number", "minimum": 0.5, "maximum": 200, "default": 20},
   "words": {"type": "integer", "minimum": 1, "maximum": 16384}}',
 '[{"per": "100_words", "amount_micros": 10000, "typical": 240}]', 'stop', 12, 3600, 100),
('studio/image', 'image', 'studio',
 '{"width": {"type": "integer", "minimum": 128, "maximum": 2048, "multiple_of": 2, "default": 1024},
   "height": {"type": "integer", "minimum": 128, "maximum": 2048, "multiple_of": 2, "default": 1024},
   "count": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
   "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295}}',
 '[{"per": "image", "amount_micros": 1000000}]', 'stop', 2, 600, 100),
('studio/video', 'video', 'studio',
 '{"width": {"type": "integer", "minimum": 128, "maximum": 1920, "multiple_of": 2, "default": 1280},
   "height": {"type": "integer", "minimum": 128, "maximum": 1920, "multiple_of": 2, "default": 720},
   "seconds": {"type": "integer", "minimum": 1, "maximum": 12, "default": 4},
   "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295}}',
 '[{"per": "second", "amount_micros": 1000000}]', 'stop', 8, 900, 100);

-- The same work with faults on demand, at the same prices, so that an application can be tried against them.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT replace(id, '/', '/chaos-'), kind, provider,
       options || '{"fail_times": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0},
                    "status": {"type": "integer", "enum": [400, 401, 402, 403, 404, 429, 500, 503]},
                    "retry_after": {"type": "integer", "minimum": 0, "maximum": 300},
                    "cut_after": {"type": "integer", "minimum": 0, "maximum": 100000},
                    "malformed_after": {"type": "integer", "minimum": 0, "maximum": 100000},
                    "stall_after": {"type": "integer", "minimum": 0, "maximum": 100000},
                    "stall_seconds": {"type": "number", "minimum": 0, "maximum": 600, "default": 30},
                    "empty": {"type": "boolean"},
                    "hang": {"type": "boolean"},
                    "lying_percent": {"type": "boolean"}}',
       price, cancel_policy, expected_seconds, deadline_seconds
FROM model WHERE provider = 'studio';

-- The row openai/* prices every model of a compatible endpoint that has no row of its own.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, thinking, expected_seconds, deadline_seconds)
SELECT id, 'text', 'openai',
       '{"max_tokens": {"type": "integer", "minimum": 1, "maximum": 131072, "default": 1024},
         "temperature": {"type": "number", "minimum": 0, "maximum": 2},
         "top_p": {"type": "number", "minimum": 0, "maximum": 1},
         "stop": {"type": "strings", "maximum": 4},
         "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295}}'::jsonb
         - CASE WHEN thinking THEN ARRAY['temperature', 'top_p', 'stop'] ELSE ARRAY[]::text[] END,
       jsonb_build_array(
         jsonb_build_object('per', '1m_tokens_in', 'amount_micros', tokens_in),
         jsonb_build_object('per', '1m_tokens_out', 'amount_micros', tokens_out, 'typical', 400)),
       'stop', thinking, expected, 600
FROM (VALUES
    ('openai/*',            100000000::bigint,  400000000::bigint, false, 12),
    ('openai/gpt-4.1',      200000000,          800000000,         false, 12),
    ('openai/gpt-4.1-mini',  40000000,          160000000,         false, 8),
    ('openai/gpt-4.1-nano',  10000000,           40000000,         false, 6),
    ('openai/gpt-4o-mini',   15000000,           60000000,         false, 8),
    ('openai/o4-mini',      110000000,          440000000,         true,  30)
) AS seed (id, tokens_in, tokens_out, thinking, expected);

-- The job-shaped video interface, as several vendors and gateways speak it.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT id, 'video', 'openai',
       '{"width": {"type": "integer", "minimum": 256, "maximum": 1920, "multiple_of": 2, "default": 1280},
         "height": {"type": "integer", "minimum": 256, "maximum": 1920, "multiple_of": 2, "default": 720},
         "seconds": {"type": "integer", "enum": [4, 8, 12], "default": 4}}'::jsonb,
       jsonb_build_array(jsonb_build_object('per', 'second', 'amount_micros', amount)),
       'drain', 90, 1800
FROM (VALUES ('openai/sora-2', 10000000::bigint), ('openai/sora-2-pro', 30000000)) AS seed (id, amount);
