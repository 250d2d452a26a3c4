-- Pictures that a generation begins with: how many a model takes, and what its vendor calls them. Rows, not code: changed by SQL,
-- in effect within five seconds. What a provider's protocol has no place for is not taken, whatever the row says.
ALTER TABLE model ADD COLUMN inputs_minimum integer NOT NULL DEFAULT 0;
ALTER TABLE model ADD COLUMN inputs_maximum integer NOT NULL DEFAULT 0;
ALTER TABLE model ADD COLUMN input_kinds text[] NOT NULL DEFAULT '{image}';
ALTER TABLE model ADD COLUMN input_name text;
ALTER TABLE model ADD CONSTRAINT model_inputs_are_few CHECK (inputs_minimum BETWEEN 0 AND inputs_maximum AND inputs_maximum <= 16);
ALTER TABLE model ADD CONSTRAINT model_input_kinds_known CHECK (input_kinds <@ '{image}' AND input_kinds <> '{}');
ALTER TABLE model ADD CONSTRAINT model_input_name_is_a_name CHECK (input_name ~ '^[a-z][a-z0-9_]{0,39}$');
COMMENT ON COLUMN model.inputs_minimum IS 'how many pictures a generation must begin with';
COMMENT ON COLUMN model.inputs_maximum IS 'how many pictures a generation may begin with; 0 takes none';
COMMENT ON COLUMN model.input_kinds IS 'of which kinds of asset';
COMMENT ON COLUMN model.input_name IS 'what the vendor calls them, where each model has a name of its own; one that takes several is sent a list';

UPDATE model SET inputs_maximum = 1
WHERE id IN ('studio/video', 'studio/chaos-video',
             'openai/sora-2', 'openai/sora-2-pro',
             'gemini/veo-3.0-generate-001', 'gemini/veo-3.0-fast-generate-001');
UPDATE model SET inputs_maximum = 1, input_name = 'first_frame_image'
WHERE id = 'replicate/minimax/video-01';

-- a picture that a client sends with a request is kept once, however often it comes
CREATE INDEX asset_of_upload ON asset (account, sha256) WHERE origin = 'upload';
