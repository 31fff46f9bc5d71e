-- A ';' in a comment, "quotes", \backslashes, [brackets] and ${braces} must survive the embedding.
CREATE TABLE account (id bigint PRIMARY KEY, owner text NOT NULL DEFAULT 'a;b "c" \d [e] ${f}');
INSERT INTO account VALUES (1);
