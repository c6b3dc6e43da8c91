-- How often the shares of a notebook were edited: two pages that share it do not overwrite each other.
ALTER TABLE notebooks ADD COLUMN sharing INTEGER NOT NULL DEFAULT 0;

-- The next share to run out is found without looking at all.
CREATE INDEX shares_expire ON shares (expires) WHERE expires IS NOT NULL;
