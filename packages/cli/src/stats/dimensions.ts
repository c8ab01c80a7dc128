/** What runs and calls can be told apart by. */
export const DIMENSIONS = ["tool", "model", "task_type", "day", "agent", "stop_reason"] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** What costs can be told apart by. */
export const COST_DIMENSIONS = ["model", "run", "day", "provider", "task_type", "agent"] as const;

export type CostDimension = (typeof COST_DIMENSIONS)[number];
