-- Words that are shown as written, and compared by their folded form.

-- name: word of a group
-- The first spelling of a dimension of tickets in a group. Where folded is null a word is its own folded form, and texts
-- need not be compared.
least(
    min(:word collate "C") filter (where folded is not null), case when bool_or(folded is null) then :key end
) as :word

-- name: word of a group with a key
-- The first spelling of a word that has a key column of its own.
min(:word collate "C") as :word
