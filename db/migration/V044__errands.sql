-- Payments and messages have a lane of their own: however many jobs wait for a vendor, these find room.

ALTER TABLE job DROP CONSTRAINT job_lane_known;
ALTER TABLE job ADD CONSTRAINT job_lane_known CHECK (lane IN ('io', 'errand', 'media', 'short'));
