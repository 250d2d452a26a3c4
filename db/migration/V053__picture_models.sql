-- Models that need a picture to begin with: a video of fal's, and a workflow that paints over what it is given.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds,
                   inputs_minimum, inputs_maximum, input_name)
VALUES ('fal/fal-ai/kling-video/v2.1/standard/image-to-video', 'video', 'fal',
        '{"seconds": {"type": "integer", "enum": [5, 10], "default": 5},
          "negative_prompt": {"type": "string"}}',
        '[{"per": "second", "amount_micros": 5600000}]', 'stop', 240, 1800, 1, 1, 'image_url'),
       ('comfyui/image-to-image', 'image', 'comfyui',
        '{"strength": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.6},
          "steps": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
          "guidance": {"type": "number", "minimum": 0, "maximum": 30, "default": 7},
          "negative_prompt": {"type": "string"},
          "checkpoint": {"type": "string", "default": "sd_xl_base_1.0.safetensors"},
          "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295}}',
        '[{"per": "image", "amount_micros": 1000000}]', 'stop', 15, 1800, 1, 1, 'image');

INSERT INTO comfyui_workflow (model, graph)
VALUES ('comfyui/image-to-image',
        '{"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "{{checkpoint}}"}},
          "2": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": "{{prompt}}"}},
          "3": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": "{{negative_prompt}}"}},
          "4": {"class_type": "LoadImage", "inputs": {"image": "{{image}}"}},
          "5": {"class_type": "VAEEncode", "inputs": {"pixels": ["4", 0], "vae": ["1", 2]}},
          "6": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0], "latent_image": ["5", 0],
                "seed": "{{seed}}", "steps": "{{steps}}", "cfg": "{{guidance}}", "sampler_name": "euler", "scheduler": "normal",
                "denoise": "{{strength}}"}},
          "7": {"class_type": "VAEDecode", "inputs": {"samples": ["6", 0], "vae": ["1", 2]}},
          "8": {"class_type": "SaveImage", "inputs": {"images": ["7", 0], "filename_prefix": "millrace"}}}');
