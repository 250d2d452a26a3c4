-- Models of a ComfyUI server are workflows: graphs in the server's API format, in which "{{name}}" is the place of an option, of the
-- prompt or of a drawn seed. An operator adds a model and its workflow by SQL, and it is in effect within five seconds.
CREATE TABLE comfyui_workflow (
    model text PRIMARY KEY REFERENCES model ON DELETE CASCADE,
    graph jsonb NOT NULL,
    CONSTRAINT comfyui_workflow_is_a_graph CHECK (jsonb_typeof(graph) = 'object')
);

INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
VALUES ('comfyui/text-to-image', 'image', 'comfyui',
        '{"width": {"type": "integer", "minimum": 256, "maximum": 2048, "multiple_of": 8, "default": 1024},
          "height": {"type": "integer", "minimum": 256, "maximum": 2048, "multiple_of": 8, "default": 1024},
          "count": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
          "steps": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
          "guidance": {"type": "number", "minimum": 0, "maximum": 30, "default": 7},
          "negative_prompt": {"type": "string"},
          "checkpoint": {"type": "string", "default": "sd_xl_base_1.0.safetensors"},
          "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295}}',
        '[{"per": "image", "amount_micros": 1000000}]', 'stop', 15, 1800);

INSERT INTO comfyui_workflow (model, graph)
VALUES ('comfyui/text-to-image',
        '{"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "{{checkpoint}}"}},
          "2": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": "{{prompt}}"}},
          "3": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": "{{negative_prompt}}"}},
          "4": {"class_type": "EmptyLatentImage", "inputs": {"width": "{{width}}", "height": "{{height}}", "batch_size": "{{count}}"}},
          "5": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0], "latent_image": ["4", 0],
                "seed": "{{seed}}", "steps": "{{steps}}", "cfg": "{{guidance}}", "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}},
          "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
          "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "millrace"}}}');
