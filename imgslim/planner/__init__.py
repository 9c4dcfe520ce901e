"""From a build to a plan in four pure steps: recognise, choose, carry, judge."""
