// `npm run build`: dist/ from src/, if it is not that already.

import { build } from './prepare.mjs';

if (!build()) process.exit(1);
