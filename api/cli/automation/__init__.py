"""`automation`: the rules in effect, what they did and would do, suspensions and stop switches."""
