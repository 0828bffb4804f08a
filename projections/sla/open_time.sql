-- The open time of calendars.

-- name: open seconds
-- The open seconds from an instant on, by the open intervals of a calendar: those of the intervals behind the one that
-- the instant lies in or comes after, and what is left of that one.
coalesce((:rest::float8[])[width_bucket(:since, :opens) + 1], 0)
+ greatest(extract(epoch from (:closes)[width_bucket(:since, :opens)] - :since), 0)
