"""What stands between braces in a prompt: `{slot}` or `{slot:style}`, nothing else."""
