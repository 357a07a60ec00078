programme-unknown-section = The programme has no { $subject } "{ $section }".
programme-lead-outside = "{ $code }" does not belong to this programme.
programme-lead-twice = "{ $code }" stands in the list twice.
programme-no-lead = Name at least one lead unit.
subject-target = target
subject-task = task
indicator-as-of-and-changed-since = Give either "asOf" or "changedSince", not both.
parameter-not-in-force = The parameter { $code } has no value on { $day }: nothing can be computed for that time.
