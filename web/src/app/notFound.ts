/** The screen for an address that leads nowhere, fetched when somebody gets there. */
import { lazyRouteComponent } from '@tanstack/react-router';

export const NotFound = lazyRouteComponent(() => import('./nowhere.tsx'), 'NotFound');
