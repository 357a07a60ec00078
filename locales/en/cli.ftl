kind-account = account
cli-bad-username = "{ $username }" is no sign-in name: 2 to 64 of the characters a-z, 0-9, dot, underscore, hyphen and @.
cli-username-taken = There is already an account "{ $username }".
cli-grant-ends-before-it-begins = The last day of the grant is before the first.
